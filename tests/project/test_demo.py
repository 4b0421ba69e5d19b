"""`make demo` as a newcomer meets it, without the installation."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from simulator.demo.processes import Machinery, free_port


def test_the_demo_proves_every_statement(tmp_path: Path) -> None:
    """DEMO_ONCE ends with 0 and a tick for each of the 18 statements."""
    done = subprocess.run(
        [sys.executable, "-m", "simulator.demo"],
        env=os.environ | {"DEMO_ONCE": "1", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    ticks = re.findall(r"^ ✓ (SEED-\d\d)", done.stdout, re.MULTILINE)
    assert sorted(ticks) == [f"SEED-{n:02d}" for n in range(1, 19)], done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_not_fought_for() -> None:
    """Another free port is used instead."""
    taken = free_port(0)
    with socket.socket() as held:
        held.bind(("127.0.0.1", taken))
        held.listen()
        assert free_port(taken) != taken
    assert free_port(taken) == taken


def test_nobody_elses_simulators_are_taken_for_ours(tmp_path: Path) -> None:
    """Somebody listened at the port after it was found free: ours say so, and others are started."""
    machinery = Machinery(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as held:
        taken = held.getsockname()[1]
        assert machinery._simulators(taken, 0) == ""
        assert machinery.processes == []
    try:
        assert machinery._simulators(0, 0).startswith("http://127.0.0.1:")
        assert machinery.processes[0].poll() is None
    finally:
        machinery.stop()
