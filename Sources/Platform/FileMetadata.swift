import Bytes
internal import CLinux

/// What a file has besides its bytes: owner, mode, access control list and other extended attributes.
struct FileMetadata {
  let status: stat
  /// xattr(7); an access control list is the one named system.posix_acl_access.
  private let attributes: [(name: [UInt8], value: [UInt8])]

  /// The most that the system takes as the value of an attribute, or as the names of all of them.
  private static let attributeLimit = 65536

  init(of file: borrowing Descriptor) throws(SystemError) {
    status = try file.status()
    attributes = try FileMetadata.attributes(of: file)
  }

  /// Gives all of it to a file that is to take the place of the one that it is from.
  func apply(to file: borrowing Descriptor) throws(SystemError) {
    let own = try FileMetadata(of: file)
    if own.status.st_uid != status.st_uid || own.status.st_gid != status.st_gid {
      _ = try SystemCalls.perform("fchown") { fchown(file.number, status.st_uid, status.st_gid) }
    }
    for attribute in own.attributes where !attributes.contains(where: { $0.name == attribute.name })
    {
      // What the folder gives to files that are made in it, such as a default access control list.
      _ = withPath(attribute.name) { fremovexattr(file.number, $0) }
    }
    // In this order: changing the owner takes mode bits away, and the mode says less than an access control list.
    _ = try SystemCalls.perform("fchmod") { fchmod(file.number, status.st_mode & 0o7777) }
    for (name, value) in attributes {
      if own.attributes.contains(where: { $0.name == name && $0.value == value }) { continue }
      try FileMetadata.set(name, value, of: file)
    }
  }

  private static func set(
    _ name: [UInt8], _ value: [UInt8], of file: borrowing Descriptor
  ) throws(SystemError) {
    do throws(SystemError) {
      _ = try SystemCalls.perform("fsetxattr") {
        withPath(name) { name in
          value.withUnsafeBytes { fsetxattr(file.number, name, $0.baseAddress, $0.count, 0) }
        }
      }
    } catch {
      // A label of a security module is that module's business, which may have given the new file one already.
      guard name.span.hasPrefix("security."), error.isForbidden || error.code == EOPNOTSUPP else {
        throw error
      }
    }
  }

  private static func attributes(
    of file: borrowing Descriptor
  ) throws(SystemError) -> [(name: [UInt8], value: [UInt8])] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: attributeLimit, alignment: 1)
    defer { buffer.deallocate() }
    let size = flistxattr(file.number, buffer.baseAddress, buffer.count)
    if size < 0 {
      guard clinux_errno() == EOPNOTSUPP else { throw SystemError("flistxattr") }
      return []
    }
    let names = [UInt8](buffer[..<size]).split(separator: 0)
    var attributes: [(name: [UInt8], value: [UInt8])] = []
    for name in names {
      let name = [UInt8](name)
      let size = withPath(name) {
        fgetxattr(file.number, $0, buffer.baseAddress, buffer.count)
      }
      // Gone meanwhile, or not for this process to see.
      guard size >= 0 else { continue }
      attributes.append((name, [UInt8](buffer[..<size])))
    }
    return attributes
  }
}
