import Bytes
internal import CLinux

extension FileReplacement {
  /// What was found beside a file.
  public enum Remains: Equatable, Sendable {
    /// Nothing, or nothing that mattered.
    case none
    /// A crash came before somebody else's save could be put back: that has been done now.
    case restored
    /// Somebody else's text is at this path, and another in its place: which of them is wanted only people can tell.
    case kept(path: [UInt8])
  }

  /// Cleans up what a crash in `replace` has left beside a file. Leaves everything alone that another process may be
  /// about to replace. For the start of the process.
  public static func cleanUp(after path: [UInt8]) throws(SystemError) -> Remains {
    let (folderPath, file) = File.split(try File.resolveExisting(path))
    let folder = try Folder(folderPath)
    guard try folder.lock() else { return .none }
    var remains = Remains.none
    for name in try folder.names(beginningWith: NewFile.prefix(file)) {
      switch try cleanUp(name, beside: file, in: folder) {
      case .none: continue
      case .restored: remains = .restored
      case .kept: remains = .kept(path: folderPath + [UInt8(ascii: "/")] + name)
      }
    }
    return remains
  }

  private static func cleanUp(
    _ name: [UInt8], beside file: [UInt8], in folder: borrowing Folder
  ) throws(SystemError) -> Remains {
    guard let inode = inode(in: name, beside: file) else {
      // Not complete: it never had the file's place.
      if name == NewFile.prefix(file) { try folder.remove(name) }
      return .none
    }
    let base = NewFile.name(beside: file, inode: UInt64(inode))
    let found = try folder.open(name)
    let text = NewFile.suffix(try found.readAll(limit: readingLimit))
    let isNew = NewFile.number(FileIdentity(try found.status()).inode) == inode
    // Of its two texts, one follows the base of its name, and one ends it.
    let isKnown =
      isNew ? name.reversed().starts(with: text.reversed()) : name.starts(with: base + text)
    if isKnown {
      try folder.remove(name)
      return .none
    }
    // Somebody's save. If it is the new text that has its place, nobody was told that it does.
    guard !isNew, let current = try? folder.open(file),
      (try? NewFile.number(FileIdentity(current.status()).inode)) == inode,
      let new = try? current.readAll(limit: readingLimit),
      name.reversed().starts(with: NewFile.suffix(new).reversed())
    else { return .kept(path: []) }
    try folder.exchange(name, file)
    try folder.remove(name)
    try folder.flush()
    return .restored
  }

  private static let readingLimit = 1 << 30

  /// The inode in the name of a complete file.
  private static func inode(in name: [UInt8], beside file: [UInt8]) -> Int? {
    let rest = name.dropFirst(NewFile.prefix(file).count + 1)
    guard let end = rest.firstIndex(of: UInt8(ascii: "-")) else { return nil }
    return Int(decimal: name.span.extracting(rest.startIndex..<end))
  }
}
