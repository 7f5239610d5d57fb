import Bytes

/// A value that its setting takes.
enum SettingValue: Equatable {
  /// A count; milliseconds, where 0 and -1 stand for the words of an interval; bytes; 1 or 0 for yes or no;
  /// the position of a word; the bits of scopes.
  case number(Int)
  /// Text that is as its setting's type wants it: what it says in detail is read when it is needed.
  case text([UInt8])
}
