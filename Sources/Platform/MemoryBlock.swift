internal import CLinux

/// A fixed block of zeroed memory straight from the kernel, page-aligned, whose pages take up room only once
/// touched; given back when the value ends. mmap(2).
public struct MemoryBlock: ~Copyable {
  /// The block; valid while this value lives.
  public let bytes: UnsafeMutableRawBufferPointer

  /// Maps `byteCount` bytes, at least 1.
  public init(byteCount: Int) throws(SystemError) {
    let address = mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address, address != clinux_map_failed() else { throw SystemError("mmap") }
    bytes = UnsafeMutableRawBufferPointer(start: address, count: byteCount)
  }

  deinit {
    munmap(bytes.baseAddress, bytes.count)
  }
}
