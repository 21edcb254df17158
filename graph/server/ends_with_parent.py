"""Become a program that ends with its parent, even if that is killed; on Linux.

Run as a file: `ends_with_parent.py PARENT PROGRAM ARGUMENT…`, PARENT being the parent's number.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):  # it ended in between
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 (a program and its arguments, no shell)
