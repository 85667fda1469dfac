"""How the kernel is asked: system calls, /proc, and which of them work here."""
