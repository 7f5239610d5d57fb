import Bytes
internal import CLinux

/// What a file has besides its bytes: owner, mode, access control list, extended attributes.
struct FileMetadata {
  let status: stat
  /// xattr(7); the access control list is the attribute system.posix_acl_access.
  private let attributes: [(name: [UInt8], value: [UInt8])]

  /// The most bytes of one value, and of the list of names: XATTR_SIZE_MAX and XATTR_LIST_MAX in
  /// linux/limits.h.
  private static let attributeLimit = 65536

  init(of file: borrowing Descriptor) throws(SystemError) {
    status = try file.status()
    attributes = try FileMetadata.attributes(of: file)
  }

  /// Gives the metadata to the file that will replace the original.
  ///
  /// Throws if it cannot, except for labels of security modules.
  func apply(to file: borrowing Descriptor) throws(SystemError) {
    let own = try FileMetadata(of: file)
    if own.status.st_uid != status.st_uid || own.status.st_gid != status.st_gid {
      _ = try SystemCalls.perform("fchown") { fchown(file.number, status.st_uid, status.st_gid) }
    }
    for attribute in own.attributes where !attributes.contains(where: { $0.name == attribute.name })
    {
      // The folder gives new files attributes, such as a default access control list.
      _ = withPath(attribute.name) { fremovexattr(file.number, $0) }
    }
    // The order matters: fchown(2) clears mode bits, and fchmod(2) changes the access control list.
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
      // A security module owns its label, and may already have set one on the new file.
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
      // The attribute was removed meanwhile, or this process may not read it.
      guard size >= 0 else { continue }
      attributes.append((name, [UInt8](buffer[..<size])))
    }
    return attributes
  }
}
