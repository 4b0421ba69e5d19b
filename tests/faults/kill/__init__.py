"""The kill test: real processes, people who write all the time, faults, and SIGKILL again and again.

    python -m tests.faults.kill --seed 1 --engine sqlite

The seed decides who writes what when, which faults are planted and when the bridge dies. Processes, sockets
and disks add chance of their own, so that a seed repeats the storm and not every drop of it.
"""
