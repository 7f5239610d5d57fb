import Bytes
public import Platform

/// The file that keeps what a ring has in memory: byte for byte the ring's block.
///
/// The ring works in memory of its own, and every change is written through to the file at once: from then on it is
/// in the kernel's hands, and a process that is killed loses nothing. So nothing that happens to the file while the
/// gateway runs can harm it: a device that is full, fails to read, or has gone is an error of a write, where a mapped
/// file would end the process (SIGBUS), and a file that somebody changes is not what the ring reads. What could not
/// be written, or not be brought to storage, is remembered, and written again by ``writeAgain(from:)``.
///
/// The ring never reads its file again, so the kernel need keep nothing of it in memory but what was written last.
/// What was read or written at once when it was opened is dropped also because the kernel keeps that in large pieces
/// (folios of up to 2 MiB in Linux 6.18 on ext4), which make each later write into one dear: 4.5 us against 0.7.
///
/// A change is on storage after the next ``flush``, which blocks and is made for another thread: `beginFlush` before
/// it and `endFlush` behind it, on the ring's own thread, keep account of what it covers.
public final class RingFile {
  let file: StorageFile
  /// The path that it was opened under, without symbolic links.
  public let path: [UInt8]
  /// Why the file is not what the memory is: the last error of a write or a flush; `nil` if it is.
  public private(set) var fault: SystemError?

  private var unwritten = ByteSpans()
  private var unflushed = ByteSpans()
  private var flushing = ByteSpans()

  /// Takes over an open file, locked, whose contents are the ring's.
  init(adopting file: consuming StorageFile, path: [UInt8]) {
    self.file = file
    self.path = path
  }

  /// Whether there is anything that a flush would bring to storage.
  public var isFlushed: Bool { unwritten.isEmpty && unflushed.isEmpty && flushing.isEmpty }

  /// Writes a change. Where that fails, `fault` says why.
  func write(_ bytes: Span<UInt8>, at offset: Int) {
    do throws(SystemError) {
      try file.write(bytes, at: offset)
      unflushed.insert(offset..<offset + bytes.count)
    } catch {
      unwritten.insert(offset..<offset + bytes.count)
      fault = error
    }
  }

  /// A flush is about to be made, of all that was written until now.
  public func beginFlush() {
    flushing.insert(unflushed)
    unflushed = ByteSpans()
  }

  /// Returns once everything is on storage that was written before. Blocks; touches nothing but the file, so it may be
  /// called on another thread.
  public func flush() throws(SystemError) {
    try file.flush()
  }

  /// The flush is over. If it failed, nobody knows what of it is on storage, and the kernel takes all of it for
  /// written: the bytes have to be written again.
  public func endFlush(_ error: SystemError?) {
    if let error {
      unwritten.insert(flushing)
      fault = error
    }
    flushing = ByteSpans()
  }

  /// Tries once more to write what could not be written or flushed. Returns whether the file is whole again, once it is
  /// flushed.
  public func writeAgain(from resident: ResidentRing) -> Bool {
    let spans = unwritten
    unwritten = ByteSpans()
    fault = nil
    for place in 0..<spans.count {
      write(resident.bytes(in: spans[place]), at: spans[place].lowerBound)
    }
    return fault == nil
  }
}
