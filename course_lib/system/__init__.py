"""How the kernel is asked: libc's calls, /proc, and which instruments work here."""
