"""What crosses between processes: framed messages of plain data. Never pickle."""
