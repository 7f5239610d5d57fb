package import Platform

/// An attempt to open a ring's file and to lock it.
package enum RingTaking: ~Copyable {
  /// The file is open and locked, and still at the path.
  case taken(StorageFile)
  /// Another process has the lock.
  case locked
  /// Another file came to the path between opening and locking.
  case replaced
  /// Nothing is at the path.
  case missing
  /// The file cannot be opened this way.
  case refused(SystemError)

  /// Opens and locks the file at a path. For reading, the lock excludes only writers.
  package init(_ path: [UInt8], _ access: StorageFile.Access) {
    do throws(SystemError) {
      let file = try StorageFile(path, access)
      let isShared = if case .read = access { true } else { false }
      if try !file.lock(isShared: isShared) {
        self = .locked
      } else if try !file.isAt(path) {
        self = .replaced
      } else {
        self = .taken(file)
      }
    } catch {
      // ENOENT while creating means that the folder is missing. A broken link is not replaced,
      // because its target may be on a device that is not mounted yet.
      let isCreating = if case .create = access { true } else { false }
      let isMissing = error.isNotFound && !isCreating && !File.isSymbolicLink(path)
      self = isMissing ? .missing : .refused(error)
    }
  }
}
