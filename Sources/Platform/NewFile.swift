import Bytes
internal import CLinux

/// A file written, and on storage, beside the one that it is to replace.
///
/// Its name tells what it takes to clean up after a crash: its own inode, by which one sees whether the two have
/// changed places, and hashes of the old text and the new, by which one sees whether somebody else has saved.
struct NewFile {
  /// `.FILE.postern-INODE-OLDHASH-NEWHASH`.
  let name: [UInt8]
  let inode: UInt64
  private let contents: [UInt8]

  /// Writes the file. One that was not written to the end because of a crash is replaced.
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

  /// Takes away what has the name, as far as that can be done: what is left is cleaned up at the next start.
  func discard(in folder: borrowing Folder) {
    try? folder.remove(name)
  }

  /// Whether a file, which is this one, still has the text that it was given, and nobody is writing to it.
  func isUntouched(_ file: borrowing Descriptor) throws(SystemError) -> Bool {
    guard !clinux_is_being_written(file.number) else { return false }
    return FileIdentity(try file.status()).inode == inode
      && (try? file.readAll(limit: contents.count)) == contents
  }

  // MARK: Names

  /// What the names of all such files begin with, and the whole name of one that is not complete yet.
  static func prefix(_ file: [UInt8]) -> [UInt8] {
    [UInt8(ascii: ".")] + file + [UInt8](".postern")
  }

  /// What the name of a complete one begins with; the suffixes of both texts follow.
  static func name(beside file: [UInt8], inode: UInt64) -> [UInt8] {
    prefix(file) + suffix(number(inode))
  }

  /// What stands for a text in the name.
  static func suffix(_ text: [UInt8]) -> [UInt8] {
    var hash = SipHash(key: SipHash.Key(0, 0))
    hash.combine(text.span)
    return suffix(number(hash.finish() >> 1))
  }

  /// The number that stands in a name for an inode or a hash: the bits that fit a non-negative `Int`.
  static func number(_ bits: UInt64) -> Int { Int(truncatingIfNeeded: bits & UInt64(Int.max)) }

  private static func suffix(_ number: Int) -> [UInt8] {
    var suffix = [UInt8]("-")
    suffix.append(decimal: number)
    return suffix
  }
}
