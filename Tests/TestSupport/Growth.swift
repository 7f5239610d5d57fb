import Glibc

/// How many times the processor time grows when the work is four times as large: about 4 if it is linear, 16 if it is
/// quadratic. The thread's own time counts, so that other work on the machine does not.
public func growth(from size: Int, _ work: (Int) -> Void) -> Double {
  func seconds(_ size: Int) -> Double {
    let start = threadSeconds()
    work(size)
    return threadSeconds() - start
  }
  _ = seconds(size)
  let small = (0..<3).map { _ in seconds(size) }.min()!
  let large = (0..<2).map { _ in seconds(4 * size) }.min()!
  return large / small
}

private func threadSeconds() -> Double {
  var time = timespec()
  let result = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  precondition(result == 0)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
