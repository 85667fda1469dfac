"""Which test files need Linux, and which are slow: conftest.py marks their tests."""

# These need /proc, /dev/shm, bwrap, make or Chromium: macOS and Windows run the others.
LINUX_ONLY = (
    "browser test_assignments_run test_classroom test_environment test_experiments_memory_mapping "
    "test_experiments_page_cache test_experiments_shared_memory "
    "test_experiments_where_memmap_breaks test_files test_lab test_measuring test_mistakes "
    "test_notebooks test_pagecache test_readme test_roundtrip test_setup"
).split()

# Lessons in pods, stock nbgrader, browsers, whole classes: `make quick` leaves them out.
SLOW = (
    "test_notebooks test_mistakes test_grader_marks test_assignments_run test_classroom test_lab "
    "test_site test_roundtrip test_environment test_setup test_attacks test_trial test_same_marks "
    "test_broken test_crash_safety test_full_disk test_own_assignments test_cluster test_jail "
    "test_wiring test_no_permission test_given test_quickstart test_attacks_on_reports "
    "test_validate test_errors_are_shown test_explore_properties test_wire_properties "
    "test_experiments_object_store test_experiments_cluster test_experiments_shared_memory"
).split()
