import Bytes
import Platform

/// Reading a ring from its file, whatever has become of that.
extension StorageFile {
  /// The size in bytes; 0 where even that cannot be found out.
  var sizeOrZero: Int {
    do throws(SystemError) {
      return try size()
    } catch {
      return 0
    }
  }

  /// The header of the ring in the file: the first, or else the copy, which is where the file's size says or where that
  /// of a ring of `byteCount` bytes is.
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

  /// Fills the buffer as far as there is anything in the file. What the device cannot read any more is left as it is,
  /// by pages.
  borrowing func readReadable(into buffer: UnsafeMutableRawBufferPointer, from start: Int = 0) {
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
        // The pages before the bad one come one by one, and the bad one is skipped.
        if most == page { next += page }
        most = page
      }
    }
  }
}
