"""A clock of a gateway's own, which a test sets."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The offset is the first eight bytes of a file, in seconds.
static long long offset(void) {
  long long seconds = 0;
  int file = open(getenv("TEST_CLOCK"), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  if (read(file, &seconds, sizeof seconds) != sizeof seconds) seconds = 0;
  close(file);
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += offset();
  return result;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
"""


class SetClock:
    """A clock that begins at a second since 1970. `environment` gives it to a process."""

    def __init__(self, folder: Path, second: float):
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("there is no C compiler")
        source, library = folder / "clock.c", folder / "clock.so"
        source.write_text(SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        self._file = folder / "clock"
        self.environment = {"LD_PRELOAD": str(library), "TEST_CLOCK": str(self._file)}
        self.set(second)

    def set(self, second: float) -> None:
        """Sets the clock, as NTP does once the network is there."""
        offset = int(second - time.time())
        new = self._file.with_name("clock.new")
        new.write_bytes(offset.to_bytes(8, "little", signed=True))
        new.rename(self._file)
