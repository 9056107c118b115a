"""Linux's error numbers, as the kernel has them on x86.

Python's `errno` has those of the system that it runs on, which in a browser are other
ones (there EIO is 29).  Source: include/uapi/asm-generic/errno-base.h.
"""

from typing import Final

EPERM: Final = 1
ENOENT: Final = 2
EIO: Final = 5
E2BIG: Final = 7
EAGAIN: Final = 11
ENOMEM: Final = 12
EFAULT: Final = 14
EBUSY: Final = 16
EEXIST: Final = 17
EINVAL: Final = 22
ENOSPC: Final = 28
