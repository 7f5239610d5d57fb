import CLinux

/// Sets an extended attribute of a file, if the file system supports it; setxattr(2).
func setAttribute(_ name: String, _ value: [UInt8], of path: String) -> Bool {
  setxattr(path, name, value, value.count, 0) == 0
}

/// An extended attribute of a file; getxattr(2).
func attribute(_ name: String, of path: String) -> [UInt8]? {
  var buffer = [UInt8](repeating: 0, count: 256)
  let size = getxattr(path, name, &buffer, buffer.count)
  return size < 0 ? nil : Array(buffer[..<size])
}
