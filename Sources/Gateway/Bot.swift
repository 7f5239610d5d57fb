import Bytes
import Configuration
import Selection

/// A bot at work: its settings and its integrations.
final class Bot {
  let settings: BotSettings
  /// In file order.
  let integrations: [Integration]

  init(_ settings: BotSettings, integrations: [Integration]) {
    self.settings = settings
    self.integrations = integrations
  }
}
