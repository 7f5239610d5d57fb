import Glibc

/// Aligned memory that tests own.
final class Memory {
  /// Valid as long as this object is referred to.
  let bytes: UnsafeMutableRawBufferPointer

  /// Zeros.
  init(_ count: Int) {
    bytes = .allocate(byteCount: count, alignment: 4096)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  convenience init(copying other: Memory) {
    self.init(other.bytes.count)
    bytes.copyMemory(from: UnsafeRawBufferPointer(other.bytes))
  }

  deinit { bytes.deallocate() }

  subscript(byte: Int) -> UInt8 {
    get { bytes[byte] }
    set { bytes[byte] = newValue }
  }

  /// The 8 bytes of a cell.
  func cell(_ number: Int) -> UInt64 { bytes.load(fromByteOffset: number * 8, as: UInt64.self) }

  var contents: [UInt8] { Array(bytes) }

  func isEqual(to other: Memory) -> Bool {
    bytes.count == other.bytes.count
      && memcmp(bytes.baseAddress!, other.bytes.baseAddress!, bytes.count) == 0
  }

  func contains(_ text: String) -> Bool {
    let needle = Array(text.utf8)
    return (0...bytes.count - needle.count).contains { start in
      memcmp(bytes.baseAddress! + start, needle, needle.count) == 0
    }
  }
}
