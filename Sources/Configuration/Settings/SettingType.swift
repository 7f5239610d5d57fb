import Bytes

/// Which values a setting accepts, and how they are written.
package enum SettingType: Sendable {
  /// Text of one line, not empty.
  case line
  /// Text that may have several lines.
  case prose(mayBeEmpty: Bool)
  /// yes/no, true/false, on/off, 1/0.
  case boolean
  /// A whole number.
  case count(ClosedRange<Int>)
  /// A time in milliseconds.
  case duration(ClosedRange<Int>)
  /// `always`, `never`, or a time in milliseconds.
  case sync(ClosedRange<Int>)
  /// A number of bytes.
  case size(ClosedRange<Int>)
  /// One of these words.
  case choice(WordList)
  /// One of these words, `yes` and `no` among them: JSON has those as booleans.
  case flag(WordList)
  /// `no`, or a time in milliseconds.
  case optionalDuration(ClosedRange<Int>)
  /// An absolute path.
  case path
  /// An http or https URL.
  case url
  /// The URL of a proxy.
  case proxy
  /// Addresses to listen on, separated by commas.
  case addresses
  /// The name of a bot.
  case bot
  /// Names of bots, separated by commas.
  case bots
  /// Messages per time, or 0.
  case rate
  /// Permissions of a file, octal.
  case mode
  /// `auto`, a number of tokens, or `no`.
  case tokens
  /// Failures and a time, or 0.
  case breaker
  /// Money for a million tokens.
  case price
  /// What an API key is checked against.
  case secret
  /// What an integration serves, separated by commas.
  case purposes
  /// The secrets of a webhook's signature, separated by blanks.
  case webhookSecrets
  /// Scopes of an API key, separated by commas.
  case scopes
  /// A token or a secret of a service, or several secrets separated by blanks.
  case token
  /// Ids and names of people, separated by commas.
  case people
  /// The value of a header field.
  case field
  /// A JSON value.
  case json
  /// Names of top-level fields of requests, separated by commas.
  case parameters
  /// Names of models, separated by commas; one that ends in `*` stands for all that begin so.
  case models
}
