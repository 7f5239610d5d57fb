/// The files that are read while a configuration is loaded.
final class FileRecord {
  /// Each file once, in the order of reading.
  private(set) var files: [ReferencedFile] = []

  /// Notes the result of reading a file.
  func note(_ path: [UInt8], _ result: ConfigurationSources.File) {
    guard !files.contains(where: { $0.path == path }) else { return }
    files.append(ReferencedFile(path, result))
  }
}
