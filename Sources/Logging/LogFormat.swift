/// How log lines are written.
public enum LogFormat: Sendable {
  /// `TIME LEVEL EVENT name=value …`, values quoted as in JSON where they have blanks or quotes.
  case text
  /// An object of `time`, `level`, `event` and the fields.
  case json
}
