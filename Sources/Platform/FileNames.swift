internal import CLinux

/// Names of files: giving, taking and following them.
extension File {
  /// The path without symbolic links, or as it is where nothing is there; realpath(3).
  public static func resolve(_ path: [UInt8]) -> [UInt8] {
    (try? resolveExisting(path)) ?? path
  }

  /// The path without symbolic links of what is there; realpath(3).
  static func resolveExisting(_ path: [UInt8]) throws(SystemError) -> [UInt8] {
    guard let resolved = withPath(path, { realpath($0, nil) }) else {
      throw SystemError("realpath")
    }
    defer { free(resolved) }
    return [UInt8](UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
  }

  /// Folder and name of an absolute path.
  static func split(_ path: [UInt8]) -> (folder: [UInt8], name: [UInt8]) {
    let end = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
    return (end == 0 ? [UInt8(ascii: "/")] : Array(path[..<end]), Array(path[(end + 1)...]))
  }

  /// Whether a path names a symbolic link; lstat(2).
  public static func isSymbolicLink(_ path: [UInt8]) -> Bool {
    var status = stat()
    return withPath(path) { lstat($0, &status) } == 0 && clinux_is_symbolic_link(status.st_mode)
  }

  /// Gives a file another name, atomically, in place of what had that name; rename(2).
  public static func rename(_ path: [UInt8], to newPath: [UInt8]) throws(SystemError) {
    let result = withPath(path) { old in withPath(newPath) { new in CLinux.rename(old, new) } }
    guard result == 0 else { throw SystemError("rename") }
  }

  /// Takes a name away; unlink(2). That there is none is no error.
  public static func remove(_ path: [UInt8]) {
    _ = withPath(path) { unlink($0) }
  }

  /// Returns once the names in a file's folder are on storage: a file that was made or renamed is then found after a
  /// power cut. The path is absolute. Blocks.
  public static func flushFolder(of path: [UInt8]) throws(SystemError) {
    try Folder(split(path).folder).flush()
  }
}
