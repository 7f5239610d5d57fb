import Bytes
internal import CLinux

/// Tells when one of the files at some paths may have changed; inotify(7).
///
/// It notices a write in place, a replacement by rename, a removal, and a symbolic link that leads
/// elsewhere.
/// It watches folders, because editors replace files: the folder of each file, and the folders of
/// all symbolic links on the way to it. It watches the file itself, too: a write through another name
/// of it, such as that of a bind mount, is not among the events of the folder.
public final class FileWatch {
  private struct Place {
    let watch: Int32
    /// The name in the folder; empty for a watch of the file itself, or of all names in the folder.
    let name: [UInt8]
    /// The watched path that leads through it.
    let path: [UInt8]
  }

  private let inotify: Descriptor
  private var places: [Place] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 8)

  private static let events =
    UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_ATTRIB)
    | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)

  /// The most symbolic links that the kernel follows; path_resolution(7).
  private static let longestChain = 40

  /// Makes a watch that watches nothing yet.
  public init() throws(SystemError) {
    let number = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard number >= 0 else { throw SystemError("inotify_init1") }
    inotify = Descriptor(adopting: number)
  }

  deinit {
    buffer.deallocate()
  }

  /// The descriptor to watch for reading; this object owns it.
  public var number: Int32 { inotify.number }

  /// Reads all events that have happened. Does not block.
  ///
  /// Returns whether one of them may concern a file; the caller then calls `follow`.
  public func take() -> Bool {
    var isConcerned = false
    while let count = try? inotify.read(into: buffer), count > 0 {
      var start = 0
      while start + 16 <= count {
        let length = Int(buffer.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
        let end = min(count, start + 16 + length)
        if concerns(UnsafeRawBufferPointer(rebasing: buffer[start..<end])) { isConcerned = true }
        start = end
      }
    }
    return isConcerned
  }

  /// Watches the files at these paths, and no others. A path with a slash at its end is a folder with
  /// all files in it. A relative path starts at the current working directory.
  ///
  /// After a change, the same paths are followed again, because a link or a folder on them may have
  /// changed. If a folder cannot be watched, the old watches stay; the caller tries again later.
  public func follow(_ paths: [[UInt8]]) throws(SystemError) {
    var found: [Place] = []
    for path in paths { try watchFolders(of: path, &found) }
    for place in places where !found.contains(where: { $0.watch == place.watch }) {
      inotify_rm_watch(inotify.number, place.watch)
    }
    places = found
  }

  /// Whether one event, a `struct inotify_event` with its name, says that the file may have
  /// changed.
  private func concerns(_ event: UnsafeRawBufferPointer) -> Bool {
    let watch = event.loadUnaligned(as: Int32.self)
    let mask = event.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    let lost = UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    if mask & UInt32(IN_Q_OVERFLOW) != 0 { return true }
    guard places.contains(where: { $0.watch == watch }) else { return false }
    if mask & lost != 0 { return true }
    let name = [UInt8](event[16...].prefix { $0 != 0 })
    // A process that makes a file is about to write it, and its close is another event. A link is
    // complete at once.
    return places.contains {
      let isFolder = $0.path.last == UInt8(ascii: "/") && $0.name.isEmpty
      return $0.watch == watch && (isFolder || $0.name == name)
        && (mask & UInt32(IN_CREATE) == 0
          || !isFileInTheMaking(isFolder ? $0.path + name : $0.path))
    }
  }

  /// Whether a path is a regular file with only one name, not a link.
  private func isFileInTheMaking(_ path: [UInt8]) -> Bool {
    var status = stat()
    return withPath(path) { lstat($0, &status) } == 0 && clinux_is_regular(status.st_mode)
      && status.st_nlink == 1
  }

  // MARK: The way to the file

  private func watchFolders(of path: [UInt8], _ found: inout [Place]) throws(SystemError) {
    var rest = split(path)
    var folder: [UInt8] = path.first == UInt8(ascii: "/") ? [UInt8]("/") : [UInt8]("./")
    var links = 0
    while !rest.isEmpty {
      let name = rest.removeFirst()
      let next = folder + name
      var status = stat()
      let isThere = withPath(next) { lstat($0, &status) } == 0
      let isLink = isThere && clinux_is_symbolic_link(status.st_mode)
      if isLink || !isThere || rest.isEmpty { found.append(try watch(name, in: folder, of: path)) }
      if isThere, !isLink, rest.isEmpty {
        if path.last == UInt8(ascii: "/") {
          found.append(try watch([], in: next, of: path))
        } else {
          watchFile(next, of: path, &found)
        }
      }
      if !isThere { break }
      guard isLink else {
        folder = next + [UInt8(ascii: "/")]
        continue
      }
      links += 1
      guard links <= FileWatch.longestChain, let target = target(of: next) else { break }
      if target.first == UInt8(ascii: "/") { folder = [UInt8]("/") }
      rest = split(target) + rest
    }
  }

  private func watch(
    _ name: [UInt8], in folder: [UInt8], of path: [UInt8]
  ) throws(SystemError) -> Place {
    var watch = withPath(folder) {
      inotify_add_watch(inotify.number, $0, FileWatch.events | UInt32(IN_ONLYDIR))
    }
    if watch >= 0 { return Place(watch: watch, name: name, path: path) }
    let error = SystemError("inotify_add_watch")
    guard error.isForbidden else { throw error }
    watch = withPath(folder + name) { inotify_add_watch(inotify.number, $0, FileWatch.events) }
    guard watch >= 0 else { throw error }
    return Place(watch: watch, name: [], path: path)
  }

  /// Watches a file for writes. One that cannot be watched is known by its folder's events alone.
  private func watchFile(_ file: [UInt8], of path: [UInt8], _ found: inout [Place]) {
    // The events are added to those of a watch that stands for the folder.
    let events = UInt32(IN_CLOSE_WRITE) | UInt32(bitPattern: IN_MASK_ADD)
    let watch = withPath(file) { inotify_add_watch(inotify.number, $0, events) }
    if watch >= 0 { found.append(Place(watch: watch, name: [], path: path)) }
  }

  private func split(_ path: [UInt8]) -> [[UInt8]] {
    path.split(separator: UInt8(ascii: "/")).map { [UInt8]($0) }
  }

  private func target(of link: [UInt8]) -> [UInt8]? {
    let count = withPath(link) {
      readlink($0, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    return count > 0 ? [UInt8](buffer[..<count]) : nil
  }
}
