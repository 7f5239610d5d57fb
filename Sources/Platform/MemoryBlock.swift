internal import CLinux

/// A fixed block of zeroed memory straight from the kernel, page-aligned; given back when the value ends. mmap(2).
public struct MemoryBlock: ~Copyable {
  /// The block; valid while this value lives.
  public let bytes: UnsafeMutableRawBufferPointer

  /// Maps `byteCount` bytes, at least 1. A populated block takes up all its room at once, where another does so
  /// page by page as it is touched.
  public init(byteCount: Int, isPopulated: Bool) throws(SystemError) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | (isPopulated ? MAP_POPULATE : 0)
    let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let address, address != clinux_map_failed() else { throw SystemError("mmap") }
    bytes = UnsafeMutableRawBufferPointer(start: address, count: byteCount)
  }

  deinit {
    munmap(bytes.baseAddress, bytes.count)
  }
}
