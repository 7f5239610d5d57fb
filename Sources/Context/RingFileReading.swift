import Bytes
package import Platform

/// Reading a ring from its file, in whatever state the file is.
extension StorageFile {
  /// The size in bytes; 0 if it cannot be determined.
  package var sizeOrZero: Int {
    do throws(SystemError) {
      return try size()
    } catch {
      return 0
    }
  }

  /// The header of the ring in the file: the first one, or else the copy at the end.
  ///
  /// The copy is looked for where the file's size puts it, and where a ring of `byteCount` bytes
  /// has it.
  borrowing func ringHeader(fileSize: Int, byteCount: Int) throws(ContextError) -> RingHeader {
    do throws(ContextError) {
      return try ringHeader(at: 0)
    } catch {
      guard error == .damaged else { throw error }
    }
    for size in [fileSize, byteCount] where RingLayout.blockSizes.contains(size) {
      do throws(ContextError) {
        let header = try ringHeader(at: RingLayout(blockSize: size).headerCopy)
        if header.blockSize == size { return header }
      } catch {
        guard error == .damaged else { throw error }
      }
    }
    throw .damaged
  }

  private borrowing func ringHeader(at offset: Int) throws(ContextError) -> RingHeader {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: RingLayout.header, alignment: RingLayout.cell)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    readReadable(into: bytes, from: offset)
    return try RingHeader(from: RingStorage(bytes), at: 0)
  }

  /// Reads as much of the file as there is and the device can read.
  ///
  /// Pages that the device cannot read are left as they are in the buffer.
  package borrowing func readReadable(
    into buffer: UnsafeMutableRawBufferPointer, from start: Int = 0
  ) {
    let page = 4096
    var next = 0
    var most = buffer.count
    while next < buffer.count {
      do throws(SystemError) {
        let end = min(next + most, buffer.count)
        let count = try read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[next..<end]), at: start + next)
        if count == 0 { return }
        next += count
      } catch {
        // The pages before the bad one are read one by one; the bad one is skipped.
        if most == page { next += page }
        most = page
      }
    }
  }
}
