import Bytes
internal import CLinux

extension FileReplacement {
  /// What a crash left beside a file.
  public enum Remains: Equatable, Sendable {
    /// Nothing, or only files that were removed.
    case none
    /// Another process's save, which a crash kept from being put back. It has its name again.
    case restored
    /// A text at this path, and another in the file. Only a person can tell which one is wanted.
    case kept(path: [UInt8])
  }

  /// Removes, or puts back, what a crash during `replace` left beside a file.
  ///
  /// Leaves alone what another process may still be using. For the start of the process; blocks.
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
      // It was not complete, so it never had the file's name.
      if name == NewFile.prefix(file) { try folder.remove(name) }
      return .none
    }
    let base = NewFile.name(beside: file, inode: UInt64(inode))
    let found = try folder.open(name)
    let text = NewFile.suffix(try found.readAll(limit: readingLimit))
    let isNew = NewFile.number(FileIdentity(try found.status()).inode) == inode
    // The name holds hashes of two texts: the old one after the base, the new one at the end.
    let isKnown =
      isNew ? name.reversed().starts(with: text.reversed()) : name.starts(with: base + text)
    if isKnown {
      try folder.remove(name)
      return .none
    }
    // Another process saved this text. If the file has the new text, no caller was told that the
    // replacement succeeded, so the save wins.
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

  /// The inode in the name of a complete file, as ``NewFile/number(_:)`` makes it.
  private static func inode(in name: [UInt8], beside file: [UInt8]) -> Int? {
    let rest = name.dropFirst(NewFile.prefix(file).count + 1)
    guard let end = rest.firstIndex(of: UInt8(ascii: "-")) else { return nil }
    return Int(decimal: name.span.extracting(rest.startIndex..<end))
  }
}
