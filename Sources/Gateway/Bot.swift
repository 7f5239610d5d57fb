import Bytes
import Configuration
import Platform

/// A bot at work: its settings and its integrations.
final class Bot {
  let settings: BotSettings
  /// In file order.
  let integrations: [Integration]

  init(_ settings: BotSettings, integrations: [Integration]) {
    self.settings = settings
    self.integrations = integrations
  }

  func choices(for conversation: [UInt8], random: RandomSource) -> [Integration] { integrations }
}
