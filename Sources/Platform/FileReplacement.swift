import Bytes
internal import CLinux

/// Replaces a file's contents, atomically and durably, unless another process has changed the file.
///
/// The new contents are written to a new file beside the old one. Then the two files **exchange
/// their names**, and the old file is checked. If it is as it was read, it is removed. If not,
/// another process has saved in between, and the names are exchanged again. So no save is lost, not
/// even one from the moment before the exchange. A crash leaves the old contents or the new, whole,
/// and beside them at most one more file, which `cleanUp(after:)` handles.
///
/// All functions block, and may be called on any thread.
public enum FileReplacement {
  /// How a replacement ended.
  public enum Outcome: Equatable, Sendable {
    /// The file has the new contents, on storage. The value identifies it.
    case replaced(FileIdentity)
    /// Another process has changed the file, or is about to. It was left alone: read it again.
    case raced
  }

  /// Replaces the file that `old` was read from by one with `contents`.
  ///
  /// Owner, mode, access control list and other extended attributes are kept; if they cannot be,
  /// that is an error. An error leaves the file as it was, unless the last call failed, which
  /// brings the new names to storage.
  public static func replace(
    _ old: FileSnapshot, with contents: [UInt8]
  ) throws(SystemError) -> Outcome {
    let (path, name) = File.split(old.path)
    let folder = try Folder(path)
    guard try folder.lock() else { return .raced }
    let metadata: FileMetadata
    do throws(SystemError) {
      let file = try folder.open(name)
      metadata = try FileMetadata(of: file)
      guard FileIdentity(metadata.status) == old.identity else { return .raced }
      try folder.checkWritable(name)
    } catch {
      // The name is gone, or is a symbolic link now: another process is changing it.
      guard error.isNotFound || error.code == ELOOP else { throw error }
      return .raced
    }
    let new = try NewFile(contents, beside: name, in: folder, metadata, replacing: old)
    return try install(new, as: name, in: folder, old, metadata)
  }

  // MARK: Changing places

  private static func install(
    _ new: NewFile, as name: [UInt8], in folder: borrowing Folder, _ old: FileSnapshot,
    _ metadata: FileMetadata
  ) throws(SystemError) -> Outcome {
    do throws(SystemError) {
      try folder.exchange(new.name, name)
    } catch {
      if error.code == EINVAL || error.code == ENOSYS {
        return try installByRename(new, as: name, in: folder, old)
      }
      new.discard(in: folder)
      guard error.isNotFound else { throw error }
      return .raced
    }
    guard let identity = try? identity(of: name, in: folder),
      isUntouched(new.name, in: folder, old, metadata)
    else {
      try putBack(new.name, as: name, in: folder, inPlaceOf: new)
      return .raced
    }
    new.discard(in: folder)
    try folder.flush()
    return .replaced(identity)
  }

  /// Installs the file where renameat2(2) cannot exchange names. A save between the check and the
  /// rename is lost.
  private static func installByRename(
    _ new: NewFile, as name: [UInt8], in folder: borrowing Folder, _ old: FileSnapshot
  ) throws(SystemError) -> Outcome {
    do throws(SystemError) {
      let file = try folder.open(name)
      let contents = try file.readAll(limit: old.contents.count)
      let identity = FileIdentity(try file.status())
      if identity == old.identity, contents == old.contents,
        !clinux_is_being_written(file.number)
      {
        try folder.rename(new.name, to: name)
        try folder.flush()
        return .replaced(try self.identity(of: name, in: folder))
      }
    } catch {
      guard error.isNotFound || error.code == ELOOP || error.code == EFBIG else {
        new.discard(in: folder)
        throw error
      }
    }
    new.discard(in: folder)
    return .raced
  }

  /// Whether the old file is as it was read, and no process has it open for writing.
  ///
  /// No process can open it any more: the name that others know leads to the new file.
  private static func isUntouched(
    _ name: [UInt8], in folder: borrowing Folder, _ old: FileSnapshot, _ metadata: FileMetadata
  ) -> Bool {
    do throws(SystemError) {
      let file = try folder.open(name)
      let status = try file.status()
      guard status.st_mode == metadata.status.st_mode, status.st_uid == metadata.status.st_uid,
        status.st_gid == metadata.status.st_gid, !clinux_is_being_written(file.number)
      else { return false }
      return try file.readAll(limit: old.contents.count) == old.contents
    } catch {
      return false
    }
  }

  /// Gives another process's save its name back.
  ///
  /// If one more save comes in between, that one is the newest, and gets the name.
  private static func putBack(
    _ spare: [UInt8], as name: [UInt8], in folder: borrowing Folder, inPlaceOf new: NewFile
  ) throws(SystemError) {
    // The inode that should have the name now, and that the exchange should bring out.
    var expected = new.inode
    for _ in 0..<100 {
      let incoming = try identity(of: spare, in: folder).inode
      do throws(SystemError) {
        try folder.exchange(spare, name)
      } catch {
        guard error.isNotFound else { throw error }
        // Another process has moved the file away, and is about to save.
        do throws(SystemError) {
          return try folder.rename(spare, toFree: name)
        } catch {
          guard error.code == EEXIST else { throw error }
          continue
        }
      }
      let file = try folder.open(spare)
      var isExpected = FileIdentity(try file.status()).inode == expected
      if expected == new.inode { isExpected = try new.isUntouched(file) }
      if isExpected { return try folder.remove(spare) }
      expected = incoming
    }
    throw SystemError("renameat2", code: EBUSY)
  }

  private static func identity(
    of name: [UInt8], in folder: borrowing Folder
  ) throws(SystemError) -> FileIdentity {
    FileIdentity(try folder.open(name).status())
  }
}
