import Bytes
internal import CLinux

/// The names of files: resolving, changing and removing them.
extension File {
  /// The path without symbolic links, or the path itself if it leads to nothing; realpath(3).
  public static func resolve(_ path: [UInt8]) -> [UInt8] {
    (try? resolveExisting(path)) ?? path
  }

  /// The path, which must lead to something, without symbolic links; realpath(3).
  static func resolveExisting(_ path: [UInt8]) throws(SystemError) -> [UInt8] {
    guard let resolved = withPath(path, { realpath($0, nil) }) else {
      throw SystemError("realpath")
    }
    defer { free(resolved) }
    return [UInt8](UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
  }

  /// Writes a file of our own beside its old version, which it then replaces in one step; fdatasync(2), rename(2). Blocks.
  public static func replace(_ path: [UInt8], with contents: [UInt8]) throws(SystemError) {
    let (folderPath, name) = split(path)
    let folder = try Folder(folderPath)
    let partial = name + [UInt8](".new")
    // What a crash left. Another error comes up again at once.
    try? folder.remove(partial)
    let descriptor = try folder.create(partial)
    do throws(SystemError) {
      try descriptor.writeAll(contents.span)
      _ = try SystemCalls.perform("fdatasync") { fdatasync(descriptor.number) }
      try folder.rename(partial, to: name)
    } catch {
      try? folder.remove(partial)
      throw error
    }
  }

  /// The names in a folder that end in `suffix` and do not begin with a point, in the order of their bytes. Blocks.
  public static func names(
    in folder: [UInt8], endingIn suffix: StaticString
  ) throws(SystemError) -> [[UInt8]] {
    let folder = try Folder(folder)
    var names: [[UInt8]] = []
    for name in try folder.names(beginningWith: []) where name.first != UInt8(ascii: ".") {
      guard name.span.extracting(last: suffix.utf8CodeUnitCount).equals(suffix) else { continue }
      // It inserts, because the standard library's sort needs several kilobytes of code.
      let index = names.firstIndex { name.lexicographicallyPrecedes($0) } ?? names.count
      names.insert(name, at: index)
    }
    return names
  }

  /// The folder and the name of an absolute path.
  static func split(_ path: [UInt8]) -> (folder: [UInt8], name: [UInt8]) {
    let end = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
    return (end == 0 ? [UInt8(ascii: "/")] : Array(path[..<end]), Array(path[(end + 1)...]))
  }

  /// Whether a path is a symbolic link; lstat(2).
  public static func isSymbolicLink(_ path: [UInt8]) -> Bool {
    var status = stat()
    return withPath(path) { lstat($0, &status) } == 0 && clinux_is_symbolic_link(status.st_mode)
  }

  /// Renames a file, atomically, and replaces a file that has the new name; rename(2).
  public static func rename(_ path: [UInt8], to newPath: [UInt8]) throws(SystemError) {
    let result = withPath(path) { old in withPath(newPath) { new in CLinux.rename(old, new) } }
    guard result == 0 else { throw SystemError("rename") }
  }

  /// Removes a name; unlink(2). Errors are ignored.
  public static func remove(_ path: [UInt8]) {
    _ = withPath(path) { unlink($0) }
  }

  /// Brings the names in a file's folder to storage; fsync(2).
  ///
  /// After a power cut, a file that was made or renamed is then found. The path is absolute.
  /// Blocks.
  public static func flushFolder(of path: [UInt8]) throws(SystemError) {
    try Folder(split(path).folder).flush()
  }
}
