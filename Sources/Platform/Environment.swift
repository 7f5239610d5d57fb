internal import CLinux
import Bytes

/// The process: its variables, its limits, its heap.
public enum Environment {
  /// The value of an environment variable, or `nil` if it is not set; environ(7).
  public static func variable(_ name: [UInt8]) -> [UInt8]? {
    guard !name.contains(0), let value = withPath(name, { getenv($0) }) else { return nil }
    return Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
  }

  /// Whether a descriptor is a terminal; isatty(3).
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The size of a terminal in characters; `nil` if the descriptor is not a terminal, or does not tell.
  public static func terminalSize(of descriptor: Int32) -> (columns: Int, rows: Int)? {
    var (columns, rows): (UInt16, UInt16) = (0, 0)
    guard clinux_terminal_size(descriptor, &columns, &rows) else { return nil }
    return (Int(columns), Int(rows))
  }

  /// The process; getpid(2).
  public static var processID: Int { Int(getpid()) }

  /// The memory of the process that is in use, in bytes: `resident` of /proc/self/statm, proc(5). 0 if it is unknown.
  public static var residentByteCount: Int {
    guard let text = try? File.read([UInt8]("/proc/self/statm"), limit: 256) else { return 0 }
    let fields = text.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard fields.count > 1, let pages = Int(decimal: Array(fields[1]).span) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Makes all threads use one heap; mallopt(3).
  ///
  /// To be called before the first thread starts. libcurl resolves names on its own threads, and
  /// each would otherwise get an arena and keep it.
  public static func useOneHeap() { clinux_use_one_heap() }

  /// Raises the limit of open descriptors to the hard limit, and returns the new limit;
  /// getrlimit(2).
  ///
  /// The soft limit is usually 1024, for programs that use select(2). libcurl and libmicrohttpd do
  /// not use it here.
  public static func raiseDescriptorLimit() -> Int {
    Int(clamping: clinux_raise_descriptor_limit())
  }

  /// Returns the heap's free memory to the kernel; malloc_trim(3).
  ///
  /// The heap otherwise keeps free memory that lies below memory in use. O(free memory): a
  /// millisecond for a few megabytes.
  public static func giveBackFreeMemory() { clinux_give_back_free_memory() }
}
