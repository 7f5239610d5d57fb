/// The files under and over a configuration file: of a setting that several of them give, the last one applies.
public struct ConfigurationLayers {
  /// One of these files, as it was read.
  public struct Layer {
    /// Its path.
    public let path: [UInt8]
    /// What is in it.
    public let file: ConfigurationSources.File

    /// A file at a path.
    public init(path: [UInt8], file: ConfigurationSources.File) {
      self.path = path
      self.file = file
    }

    /// Its text; empty if it cannot be read.
    package var text: [UInt8] {
      if case .contents(let text) = file { text } else { [] }
    }
  }

  /// The name of the configuration file itself, for messages about two files.
  public let name: [UInt8]
  /// The files under it, the lowest first.
  public let below: [Layer]
  /// The files over it, the highest last.
  public let above: [Layer]

  /// The layers of a file.
  public init(name: [UInt8], below: [Layer] = [], above: [Layer] = []) {
    self.name = name
    self.below = below
    self.above = above
  }

  /// Both.
  public var all: [Layer] { below + above }
}
