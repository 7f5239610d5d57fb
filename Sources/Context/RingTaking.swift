import Platform

/// An attempt to have a file to oneself.
enum RingTaking: ~Copyable {
  /// It is open and locked, and what is at the path.
  case taken(StorageFile)
  /// Somebody else has the lock.
  case locked
  /// Another file came to the path between opening and locking.
  case replaced
  /// Nothing is at the path.
  case missing
  /// It cannot be opened this way.
  case refused(SystemError)

  /// Opens and locks what is at a path; to read only, against writers only.
  init(_ path: [UInt8], _ access: StorageFile.Access) {
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
      // What is not there and was to be created has no folder. A link to nothing is not ours to replace: its target may
      // be on a device that is not there yet.
      let isCreating = if case .create = access { true } else { false }
      let isMissing = error.isNotFound && !isCreating && !File.isSymbolicLink(path)
      self = isMissing ? .missing : .refused(error)
    }
  }
}
