import Bytes

/// A value that its setting accepts.
enum SettingValue: Equatable {
  /// Yes or no.
  case boolean(Bool)
  /// A count, milliseconds or bytes, as the setting's type says.
  case number(Int)
  /// When the context's file is flushed.
  case sync(ContextSettings.Sync)
  /// One of the words of a choice, as its list spells it.
  case word([UInt8])
  /// Text that the setting's type has checked. Its details are read when they are needed.
  case text([UInt8])
}
