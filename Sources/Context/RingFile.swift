import Bytes
public import Platform

/// The file of a ring or of the outbox: a byte-for-byte copy of its block.
///
/// The ring works in memory, and every change is written to the file at once. From then on it is in
/// the kernel, and a killed process loses nothing. So nothing that happens to the file can harm the
/// running gateway. A device that is full, fails or is gone makes a write fail, where a mapped file
/// would end the process with SIGBUS; and the ring does not read what another process writes to the
/// file. What could not be written or flushed is remembered, and ``writeAgain(from:)`` writes it.
///
/// Because the ring never reads its file again, the kernel need not keep it in its page cache. What
/// was read or written while opening is dropped from there for one more reason: the kernel keeps it
/// in large pieces (folios of up to 2 MiB in Linux 6.18 on ext4), which make each later write into
/// one expensive: 4.5 µs instead of 0.7 µs.
///
/// A change is on storage after the next ``flush()``, which blocks and is meant for another thread.
/// `beginFlush` before it and `endFlush` after it, on the ring's own thread, record what it covers.
public final class RingFile {
  package let file: StorageFile
  /// The path of the file, without symbolic links.
  public let path: [UInt8]
  /// Why the file differs from the memory: the last error of a write or a flush; `nil` if it does
  /// not.
  public private(set) var fault: SystemError?

  private var unwritten = ByteSpans()
  private var unflushed = ByteSpans()
  private var flushing = ByteSpans()

  /// Takes ownership of an open, locked file whose contents are those of the ring.
  package init(adopting file: consuming StorageFile, path: [UInt8]) {
    self.file = file
    self.path = path
  }

  /// The result of making a file.
  package enum Making {
    case made(RingFile)
    /// Another process has the lock of the new file.
    case locked
    /// Another file has come to the path.
    case replaced
    case failed(SystemError)
  }

  /// Makes a file with the bytes of a block.
  ///
  /// It is built as `PATH.new`. Every byte of it is written and flushed, so that a full device is noticed now. It is locked
  /// before it gets its name. Until then the old file stays as it is. Blocks.
  ///
  /// - Parameters:
  ///   - old: The file that is replaced, locked.
  ///   - other: The new name of the old file, if it is kept.
  package static func make(
    _ path: [UInt8], of block: ResidentBlock, replacing old: RingFile?, setAside other: [UInt8]?
  ) -> Making {
    let aside = aside(path)
    switch RingTaking(aside, .create) {
    case .locked: return .locked
    case .refused(let error): return .failed(error)
    case .taken(let new):
      // Another process was faster, and its file may already have contents.
      if old == nil, File.exists(path) { return .replaced }
      do throws(SystemError) {
        try new.truncate()
        if let old { new.adopt(try old.file.attributes()) }
        try new.write(block.bytes(in: 0..<block.memory.count), at: 0)
        try new.flush()
        new.dropCache()
        if let other { try File.rename(path, to: other) }
        try File.rename(aside, to: path)
        try File.flushFolder(of: path)
        return .made(RingFile(adopting: new, path: path))
      } catch {
        File.remove(aside)
        return .failed(error)
      }
    default: return .replaced
    }
  }

  /// The path at which a new file is made before it gets its name.
  package static func aside(_ path: [UInt8]) -> [UInt8] { path + [UInt8](".new") }

  /// Whether all changes are on storage, so that a flush has nothing to do.
  public var isFlushed: Bool { unwritten.isEmpty && unflushed.isEmpty && flushing.isEmpty }

  /// Writes a change. If that fails, `fault` has the error.
  package func write(_ bytes: Span<UInt8>, at offset: Int) {
    do throws(SystemError) {
      try file.write(bytes, at: offset)
      unflushed.insert(offset..<offset + bytes.count)
    } catch {
      unwritten.insert(offset..<offset + bytes.count)
      fault = error
    }
  }

  /// Records that a flush starts now, which covers all that was written until now.
  public func beginFlush() {
    flushing.insert(unflushed)
    unflushed = ByteSpans()
  }

  /// Brings everything that was written before to storage. Blocks.
  ///
  /// Touches only the file, so another thread may call it.
  public func flush() throws(SystemError) {
    try file.flush()
  }

  /// Brings everything to storage, and records the result. Blocks.
  public func flushNow() {
    beginFlush()
    do throws(SystemError) {
      try flush()
      endFlush(nil)
    } catch {
      endFlush(error)
    }
  }

  /// Records the end of a flush.
  ///
  /// After an error it is unknown which bytes are on storage, and the kernel takes all of them for
  /// written. So they have to be written again.
  public func endFlush(_ error: SystemError?) {
    if let error {
      unwritten.insert(flushing)
      fault = error
    }
    flushing = ByteSpans()
  }

  /// Writes what could not be written or flushed before.
  ///
  /// Returns whether that succeeded; the file is then up to date after the next flush.
  public func writeAgain(from block: ResidentBlock) -> Bool {
    let spans = unwritten
    unwritten = ByteSpans()
    fault = nil
    for place in 0..<spans.count {
      write(block.bytes(in: spans[place]), at: spans[place].lowerBound)
    }
    return fault == nil
  }
}
