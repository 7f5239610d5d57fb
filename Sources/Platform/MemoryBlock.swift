internal import CLinux

/// A fixed block of zeroed memory from the kernel, aligned to pages; mmap(2).
public struct MemoryBlock: ~Copyable {
  /// The block; valid while this value lives.
  public let bytes: UnsafeMutableRawBufferPointer

  /// Maps `byteCount` bytes, at least 1. Throws ENOMEM if there is not enough memory.
  ///
  /// A populated block takes all its memory at once; another one takes each page at its first use.
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
