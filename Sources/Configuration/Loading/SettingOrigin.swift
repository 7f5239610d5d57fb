/// Where a section, or the value of a setting, comes from.
enum SettingOrigin: Equatable {
  /// This line of the file, from 1.
  case line(Int)
  /// Something else in the file, or that there is nothing: a name is its section's, a window that of
  /// `[context]`, a bot without integrations has `echo`.
  case implied
  /// The settings table's default.
  case standard

  /// The line in the file; `nil` where it is not from there.
  var line: Int? {
    if case .line(let line) = self { line } else { nil }
  }
}
