Feature: A phone gets plain text only

  @must @OCX-SMS-14 @OCX-SMS-15 @OCX-TRB-05
  Scenario: [1] Tags are taken out
    Given the AI answers "<p>We open at <b>nine</b> &amp; close at five.</p>"
    When Maria texts "When do you open?"
    Then Maria receives "We open at nine & close at five."
    And nothing else is sent to anyone

  @must @OCX-SMS-14
  Scenario: [2] Code blocks are taken out
    Given the AI answers
      """
      Your order is on its way.
      ```
      print("order")
      ```
      It arrives on Monday.
      """
    When Maria texts "Where is my order?"
    Then Maria receives "Your order is on its way. It arrives on Monday."
    And nothing else is sent to anyone

  @choice @OPEN-33
  Scenario: [3] Markdown emphasis is taken out
    Given the AI answers "We open at **nine**, *not* at `eight`."
    When Maria texts "When do you open?"
    Then Maria receives "We open at nine, not at eight."
    And nothing else is sent to anyone

  @choice @OPEN-33
  Scenario: [4] A link keeps its words and its address
    Given the AI answers with a link named "your parcel"
    When Maria texts "Where is my parcel?"
    Then Maria receives the words "your parcel" and the link's address
    And nothing else is sent to anyone

  @should @OCX-SMS-16
  Scenario: [5] What is empty once cleaned is not sent
    Given the AI answers "<p><br></p>"
    When Maria texts "Hello"
    Then the AI has one session with Maria: "Hello"
    And nothing else is sent to anyone

  @must @OCX-SMS-14
  Scenario: [6] What a person writes is cleaned as well
    Given Maria is in a live chat with Ada
    When Ada replies "It is <b>done</b>."
    Then Maria receives "It is done."
    And nothing else is sent to anyone

  @choice @OPEN-33
  Scenario: [7] Plain signs stay as they are
    Given Maria is in a live chat with Ada
    When Ada replies "Rooms for 3 < 4 guests, 2 * 80 = 160, see row_2"
    Then Maria receives "Rooms for 3 < 4 guests, 2 * 80 = 160, see row_2"
    And nothing else is sent to anyone

  @choice @OPEN-35
  Scenario: [8] Other scripts and emoji arrive unharmed
    Given the AI answers "Grüße an alle 👩‍👩‍👧 – 你好, żółw"
    When Maria texts "Hello"
    Then Maria receives "Grüße an alle 👩‍👩‍👧 – 你好, żółw"
    And nothing else is sent to anyone
