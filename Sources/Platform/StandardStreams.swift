internal import CLinux

/// The descriptors that every process is started with: standard input, output and error.
public enum StandardStreams {
  /// Takes the numbers of those that are closed.
  ///
  /// Call it before anything is opened. Otherwise a file or a socket may get the number of standard
  /// error, and receive the log. What is read from or written to a closed one fails all the same.
  public static func reserve() {
    clinux_occupy_standard_descriptors()
  }
}
