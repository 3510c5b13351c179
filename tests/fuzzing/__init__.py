"""
Coverage-guided fuzzing: atheris runs calls of the public functions, watches which branches of `translate` each one takes,
and goes on from those that took new ones.

`python -m tests.fuzzing --function convert_request --seconds 60`; without `--function`, every function in turn.
"""
