Feature: Odd senders get no answer and do no harm

  @choice @OPEN-22
  Scenario Outline: [1] A text from <sender> is not answered
    When the sender "<sender>" texts "Your code is 1234"
    Then nothing else is sent to anyone

    Examples:
      | sender |
      | 24733  |
      | ACME   |

  @should @P5
  Scenario: [2] A text from one of our own numbers starts no loop
    When the Sales number texts "Hello" to the Support number
    Then the AI is not asked
    And nothing else is sent to anyone

  @choice @OPEN-22
  Scenario: [3] An odd sender delays nobody
    Given the sender "ACME" has texted "Your code is 1234"
    When Maria texts "Hello"
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @should @OCX-SMS-07
  Scenario: [4] A customer abroad is a customer
    When Zoe from abroad texts "Hello"
    Then Zoe receives "Noted." from the Support number
    And nothing else is sent to anyone
