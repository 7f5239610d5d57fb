internal import CLinux

/// An open folder, for changing the names in it.
struct Folder: ~Copyable {
  private let descriptor: Descriptor

  init(_ path: [UInt8]) throws(SystemError) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    descriptor = Descriptor(
      adopting: try SystemCalls.perform("open") { withPath(path) { clinux_open($0, flags, 0) } })
  }

  /// Locks the folder against other processes that lock it, until the value ends; flock(2).
  ///
  /// Returns `false` if another process has the lock.
  borrowing func lock() throws(SystemError) -> Bool {
    do throws(SystemError) {
      _ = try SystemCalls.perform("flock") { flock(descriptor.number, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      guard error.code == EWOULDBLOCK else { throw error }
      return false
    }
  }

  /// Opens a file of this folder for reading, but not through a symbolic link (ELOOP).
  borrowing func open(_ name: [UInt8]) throws(SystemError) -> Descriptor {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    return Descriptor(
      adopting: try SystemCalls.perform("open") {
        withPath(name) { clinux_open_at(descriptor.number, $0, flags, 0) }
      })
  }

  /// Makes a file for writing, with mode 600. Throws EEXIST if the name is taken.
  borrowing func create(_ name: [UInt8]) throws(SystemError) -> Descriptor {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    return Descriptor(
      adopting: try SystemCalls.perform("open") {
        withPath(name) { clinux_open_at(descriptor.number, $0, flags, 0o600) }
      })
  }

  /// Throws if the process may not write to a file of this folder; faccessat(2).
  borrowing func checkWritable(_ name: [UInt8]) throws(SystemError) {
    _ = try SystemCalls.perform("access") {
      withPath(name) { faccessat(descriptor.number, $0, W_OK, AT_EACCESS) }
    }
  }

  /// Renames a file, and replaces a file that has the new name; rename(2).
  borrowing func rename(_ name: [UInt8], to other: [UInt8]) throws(SystemError) {
    try withNames(name, other, "rename") { renameat(descriptor.number, $0, descriptor.number, $1) }
  }

  /// Exchanges the names of two files; RENAME_EXCHANGE in renameat2(2).
  borrowing func exchange(_ name: [UInt8], _ other: [UInt8]) throws(SystemError) {
    try withNames(name, other, "renameat2") { clinux_exchange(descriptor.number, $0, $1) }
  }

  /// Renames a file. Throws EEXIST if the new name is taken; RENAME_NOREPLACE in renameat2(2).
  borrowing func rename(_ name: [UInt8], toFree other: [UInt8]) throws(SystemError) {
    try withNames(name, other, "renameat2") { clinux_rename_to_free(descriptor.number, $0, $1) }
  }

  /// Removes a name; unlink(2).
  borrowing func remove(_ name: [UInt8]) throws(SystemError) {
    _ = try SystemCalls.perform("unlink") {
      withPath(name) { unlinkat(descriptor.number, $0, 0) }
    }
  }

  /// Brings the names to storage; fsync(2). Blocks.
  borrowing func flush() throws(SystemError) {
    _ = try SystemCalls.perform("fsync") { fsync(descriptor.number) }
  }

  /// The names that begin with `prefix`, in no order.
  borrowing func names(beginningWith prefix: [UInt8]) throws(SystemError) -> [[UInt8]] {
    // A second descriptor, because the stream moves its position and closes it.
    let number = try SystemCalls.perform("open") {
      clinux_open_at(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    }
    guard let stream = fdopendir(number) else {
      _ = close(number)
      throw SystemError("fdopendir")
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        [UInt8](raw.prefix { $0 != 0 })
      }
      if name.starts(with: prefix) { names.append(name) }
    }
    return names
  }

  private borrowing func withNames(
    _ name: [UInt8], _ other: [UInt8], _ call: StaticString,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  ) throws(SystemError) {
    _ = try SystemCalls.perform(call) {
      withPath(name) { first in withPath(other) { body(first, $0) } }
    }
  }
}
