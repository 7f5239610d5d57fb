import Bytes
internal import CLinux

/// Replaces a file by another text, atomically, durably, and only if nobody else has changed it since it was read.
///
/// The new text is written to a file beside it and then **changes places** with the old one. What comes out is looked
/// at: is it what had been read, the old file goes; is it not, somebody saved in between, and the two change places
/// again. So nobody's changes are lost, not even those made in the moment before the exchange. A crash leaves the old
/// text or the new one, whole, and beside it at most a file that `cleanUp(after:)` knows what to do with.
///
/// Everything here blocks, and may be called on any thread.
public enum FileReplacement {
  /// What came of it.
  public enum Outcome: Equatable, Sendable {
    /// The file has the new text, and that is on storage. Which file it is now.
    case replaced(FileIdentity)
    /// Somebody else has changed the file, or is about to: it is as they left it. To be read again.
    case raced
  }

  /// Puts `contents` in the place of what was read. Owner, mode, access control list and other extended attributes are
  /// kept; where they cannot be, that is an error. An error leaves the file as it was, unless it is that of the last
  /// call, which asks storage to keep the new names.
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
      // Gone, or a symbolic link by now: whoever did that is not done yet, or wants something else.
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

  /// Where the file system cannot have files change places: the least that is left between looking and renaming.
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

  /// Whether what came out of the exchange is what had been read, and nobody is writing to it. Nobody can begin to:
  /// the name that others know leads to the new file.
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

  /// Gives what somebody else saved its name again. If yet another save comes in between, that one is the newest, and
  /// is put back in turn.
  private static func putBack(
    _ spare: [UInt8], as name: [UInt8], in folder: borrowing Folder, inPlaceOf new: NewFile
  ) throws(SystemError) {
    // What is thought to have the name, and will come out.
    var expected = new.inode
    for _ in 0..<100 {
      let incoming = try identity(of: spare, in: folder).inode
      do throws(SystemError) {
        try folder.exchange(spare, name)
      } catch {
        guard error.isNotFound else { throw error }
        // Moved out of the way by somebody who is about to save.
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
