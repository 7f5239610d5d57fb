/// How log lines are written.
public enum LogFormat: Sendable {
  /// `TIME LEVEL EVENT name=value …`; a value with blanks or quotes is quoted as in JSON.
  case text
  /// One JSON object a line: `time`, `level`, `event` and the fields.
  case json
}
