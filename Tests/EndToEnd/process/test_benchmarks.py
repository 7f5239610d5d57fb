"""Tests/Benchmarks: what the measurements read."""

import importlib.util

from repository import ROOT

# wrk 4.1.0. The share of loads within one standard deviation ends in 50% here, and in 99% below.
OUTPUT = """Running 3s test @ http://127.0.0.1:9003/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.20ms    2.05ms  23.40ms   50%
    Req/Sec     8.51k     1.02k   10.90k    99%
  Latency Distribution
     50%  606.00us
     75%    1.10ms
     90%    2.00ms
     99%    1.02s
  25571 requests in 3.00s, 6.05MB read
  Non-2xx or 3xx responses: 7
Requests/sec:   8521.77
Transfer/sec:      2.01MB
"""


def test_percentiles_of_wrk_are_those_of_the_latency_distribution():
    spec = importlib.util.spec_from_file_location("wrk", ROOT / "Tests/Benchmarks/wrk.py")
    wrk = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wrk)
    assert wrk.parsed(OUTPUT) == wrk.Round(25571, 8521.77, 0.606, 1020, 7)
