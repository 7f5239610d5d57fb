internal import CLinux

/// What the process was started with.
public enum Environment {
  /// The value of an environment variable; `nil` where it is not set. environ(7).
  public static func variable(_ name: [UInt8]) -> [UInt8]? {
    guard !name.contains(0), let value = withPath(name, { getenv($0) }) else { return nil }
    return Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
  }

  /// Whether a descriptor is a terminal; isatty(3).
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// One heap for all threads, before any is started: libcurl resolves names on threads of its own, each of which
  /// would else get an arena of its own and keep it. mallopt(3).
  public static func useOneHeap() { clinux_use_one_heap() }

  /// Allows as many descriptors as the hard limit does, and returns how many that are. The soft limit is 1024 as a rule,
  /// for the sake of programs that use select(2); neither library does here. getrlimit(2).
  public static func raiseDescriptorLimit() -> Int {
    Int(clamping: clinux_raise_descriptor_limit())
  }

  /// Gives memory that is free back to the system, which the heap otherwise keeps for as long as anything lies
  /// above it. O(free memory): a millisecond for a few megabytes. malloc_trim(3).
  public static func giveBackFreeMemory() { clinux_give_back_free_memory() }
}
