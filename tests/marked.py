"""Which test files need Linux, are slow, or stay together: conftest.py asks."""

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
    "test_experiments_object_store test_experiments_cluster test_experiments_shared_memory "
    "test_same_diagnosis test_calibration test_build test_forged_budgets test_isolation "
    "test_any_submission test_mutants test_plugged_in test_output test_unbinding "
    "test_hidden_arguments test_causes"
).split()

# What is made once for all tests of these files takes long, so one worker runs them all.
ONE_WORKER = (
    "test_quickstart test_attacks test_attacks_on_reports test_roundtrip test_same_marks "
    "test_trial test_causes test_broken test_calibration test_forged_budgets test_site test_lab "
    "test_classroom test_hidden_arguments test_any_submission test_full_disk"
).split()
