/// What is shown instead of a secret, everywhere.
public enum SecretMask {
  /// Instead of a value.
  public static let value: StaticString = "****"
  /// Instead of the query of a URL, which may have a key in it; with its `?`.
  public static let query: StaticString = "?****"
}
