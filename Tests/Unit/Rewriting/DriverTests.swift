import Testing
import TheanoGraph
@Suite struct DriverTests {}
