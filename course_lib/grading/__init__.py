"""The autograder: fast, fair, and with the verdict outside of the student's process.

`batch` reads submissions and writes grades; `pool` runs each in a fresh pair of processes
forked by `forkserver`: a trusted one that holds the tests (`verdict`) and a jailed one that
runs the student's cells (`worker`). Between them goes plain data only (`wire`, `values`).
See docs/grader.md.
"""
