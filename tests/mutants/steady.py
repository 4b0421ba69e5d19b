"""A pytest plugin for mutation testing: the same examples each time, so that a score can be repeated."""

from hypothesis import settings

settings.register_profile("mutants", deadline=None, derandomize=True, database=None, max_examples=50)
settings.load_profile("mutants")
