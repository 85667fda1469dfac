"""Where the course lies: its folder, for what is listed before a fixture could tell."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
