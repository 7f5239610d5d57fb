import Bytes
internal import CLinux

/// A file on storage, written beside the file that it will replace.
///
/// Its name says how to clean up after a crash. It holds the inode of the new file, which tells
/// whether the names have been exchanged, and hashes of the old text and the new, which tell
/// whether another process has saved.
struct NewFile {
  /// `.FILE.postern-INODE-OLDHASH-NEWHASH`.
  let name: [UInt8]
  let inode: UInt64
  private let contents: [UInt8]

  /// Writes the file. An incomplete one that a crash left is replaced. Blocks.
  init(
    _ contents: [UInt8], beside file: [UInt8], in folder: borrowing Folder,
    _ metadata: FileMetadata, replacing old: FileSnapshot
  ) throws(SystemError) {
    let partial = NewFile.prefix(file)
    do throws(SystemError) {
      try folder.remove(partial)
    } catch {
      guard error.isNotFound else { throw error }
    }
    let descriptor = try folder.create(partial)
    do throws(SystemError) {
      try descriptor.writeAll(contents.span)
      try metadata.apply(to: descriptor)
      _ = try SystemCalls.perform("fsync") { fsync(descriptor.number) }
      inode = FileIdentity(try descriptor.status()).inode
      name =
        NewFile.name(beside: file, inode: inode) + NewFile.suffix(old.contents)
        + NewFile.suffix(contents)
      self.contents = contents
      try folder.rename(partial, to: name)
    } catch {
      try? folder.remove(partial)
      throw error
    }
  }

  /// Removes the file that has the name. Errors are ignored: the next start cleans up.
  func discard(in folder: borrowing Folder) {
    try? folder.remove(name)
  }

  /// Whether `file`, which is this one, still has its text, and no process has it open for writing.
  func isUntouched(_ file: borrowing Descriptor) throws(SystemError) -> Bool {
    guard !clinux_is_being_written(file.number) else { return false }
    return FileIdentity(try file.status()).inode == inode
      && (try? file.readAll(limit: contents.count)) == contents
  }

  // MARK: Names

  /// The start of the name of all such files; an incomplete file has it as its whole name.
  static func prefix(_ file: [UInt8]) -> [UInt8] {
    [UInt8(ascii: ".")] + file + [UInt8](".postern")
  }

  /// The start of the name of a complete file; the suffixes of both texts follow.
  static func name(beside file: [UInt8], inode: UInt64) -> [UInt8] {
    prefix(file) + suffix(number(inode))
  }

  /// The part of the name that stands for a text.
  static func suffix(_ text: [UInt8]) -> [UInt8] {
    var hash = SipHash.unkeyed
    hash.combine(text.span)
    return suffix(number(hash.finish() >> 1))
  }

  /// The number that stands for an inode or a hash in a name: the bits that fit a non-negative
  /// `Int`.
  static func number(_ bits: UInt64) -> Int {
    Int(truncatingIfNeeded: bits & UInt64(UInt.max >> 1))
  }

  private static func suffix(_ number: Int) -> [UInt8] {
    var suffix = [UInt8]("-")
    suffix.append(decimal: number)
    return suffix
  }
}
